/** Objects with no chain of their own. */
export const smallTypes = /* GraphQL */ `
  type CacheVolume implements Node {
    id: ID!
  }

  type EnvVariable implements Node {
    id: ID!
    name: String!
    value: String!
  }

  type Label implements Node {
    id: ID!
    name: String!
    value: String!
  }

  type Port implements Node {
    id: ID!
    description: String
    experimentalSkipHealthcheck: Boolean!
    port: Int!
    protocol: NetworkProtocol!
  }

  type Secret implements Node {
    id: ID!
    name: String!
    plaintext: String!
    uri: String!
  }

  type Service implements Node {
    id: ID!
    endpoint(port: Int, scheme: String = ""): String!
    hostname: String!
    ports: [Port!]!
    start: ID!
    stop(kill: Boolean = false): ID!
    sync: ID!
    up(ports: [PortForward!] = [], random: Boolean = false): Void
    withHostname(hostname: String!): Service!
  }
`;
