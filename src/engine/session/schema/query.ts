/** The root: where a pipeline begins. */
export const query = /* GraphQL */ `
  type Query {
    cacheVolume(
      key: String!
      source: ID @expectedType(name: "Directory")
      sharing: CacheSharingMode = SHARED
      owner: String = ""
    ): CacheVolume!
    container(platform: Platform): Container!
    defaultPlatform: Platform!
    directory: Directory!
    file(name: String!, contents: String!, permissions: Int = 420): File!
    host: Host!
    node(id: ID!): Node
    secret(uri: String!, cacheKey: String): Secret!
    setSecret(name: String!, plaintext: String!): Secret!
    version: String!

    loadCacheVolumeFromID(id: ID! @expectedType(name: "CacheVolume")): CacheVolume!
    loadContainerFromID(id: ID! @expectedType(name: "Container")): Container!
    loadDirectoryFromID(id: ID! @expectedType(name: "Directory")): Directory!
    loadEnvVariableFromID(id: ID! @expectedType(name: "EnvVariable")): EnvVariable!
    loadFileFromID(id: ID! @expectedType(name: "File")): File!
    loadLabelFromID(id: ID! @expectedType(name: "Label")): Label!
    loadPortFromID(id: ID! @expectedType(name: "Port")): Port!
    loadSecretFromID(id: ID! @expectedType(name: "Secret")): Secret!
    loadServiceFromID(id: ID! @expectedType(name: "Service")): Service!
  }

  type Host implements Node {
    id: ID!
    directory(
      path: String!
      exclude: [String!] = []
      include: [String!] = []
      noCache: Boolean = false
      gitignore: Boolean = false
    ): Directory!
    file(path: String!, noCache: Boolean = false): File!
    service(ports: [PortForward!]!, host: String = "localhost"): Service!
    tunnel(
      service: ID! @expectedType(name: "Service")
      native: Boolean = false
      ports: [PortForward!] = []
    ): Service!
  }
`;
