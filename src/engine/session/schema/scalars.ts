/** Scalars, enums and inputs that more than one type uses. Names and values are Dagger 0.21's. */
export const scalars = /* GraphQL */ `
  "Names the type of object whose ID an argument takes."
  directive @expectedType(name: String!) on ARGUMENT_DEFINITION

  scalar ID
  scalar Platform
  scalar Void

  interface Node {
    id: ID!
  }

  enum CacheSharingMode {
    SHARED
    PRIVATE
    LOCKED
  }

  enum ExistsType {
    REGULAR_TYPE
    DIRECTORY_TYPE
    SYMLINK_TYPE
  }

  enum ImageLayerCompression {
    Gzip
    Zstd
    EStarGZ
    Uncompressed
  }

  enum ImageMediaTypes {
    OCI
    DOCKER
    OCIMediaTypes
    DockerMediaTypes
  }

  enum NetworkProtocol {
    TCP
    UDP
  }

  enum ReturnType {
    SUCCESS
    FAILURE
    ANY
  }

  input PortForward {
    backend: Int!
    frontend: Int
    protocol: NetworkProtocol = TCP
  }
`;
