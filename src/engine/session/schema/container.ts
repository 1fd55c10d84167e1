/** Containers: what runs. Arguments that ask for privileges are left out; the sandbox has none to give. */
export const container = /* GraphQL */ `
  type Container implements Node {
    id: ID!
    asService(
      args: [String!] = []
      useEntrypoint: Boolean = false
      expand: Boolean = false
      noInit: Boolean = false
    ): Service!
    asTarball(
      platformVariants: [ID!] = [] @expectedType(name: "Container")
      forcedCompression: ImageLayerCompression
      mediaTypes: ImageMediaTypes = OCI
    ): File!
    combinedOutput: String!
    defaultArgs: [String!]!
    directory(path: String!, expand: Boolean = false): Directory!
    entrypoint: [String!]!
    envVariable(name: String!): String
    envVariables: [EnvVariable!]!
    exists(
      path: String!
      expectedType: ExistsType
      doNotFollowSymlinks: Boolean = false
      expand: Boolean = false
    ): Boolean!
    exitCode: Int!
    export(
      path: String!
      platformVariants: [ID!] = [] @expectedType(name: "Container")
      forcedCompression: ImageLayerCompression
      mediaTypes: ImageMediaTypes = OCI
      expand: Boolean = false
    ): String!
    exposedPorts: [Port!]!
    file(path: String!, expand: Boolean = false): File!
    from(address: String!): Container!
    imageRef: String!
    label(name: String!): String
    labels: [Label!]!
    mounts: [String!]!
    platform: Platform!
    publish(
      address: String!
      platformVariants: [ID!] = [] @expectedType(name: "Container")
      forcedCompression: ImageLayerCompression
      mediaTypes: ImageMediaTypes = OCI
    ): String!
    rootfs: Directory!
    stderr: String!
    stdout: String!
    sync: ID!
    up(
      random: Boolean = false
      ports: [PortForward!] = []
      args: [String!] = []
      useEntrypoint: Boolean = false
      expand: Boolean = false
      noInit: Boolean = false
    ): Void
    user: String!
    withAnnotation(name: String!, value: String!): Container!
    withDefaultArgs(args: [String!]!): Container!
    withDirectory(
      path: String!
      source: ID! @expectedType(name: "Directory")
      exclude: [String!] = []
      include: [String!] = []
      gitignore: Boolean = false
      owner: String = ""
      expand: Boolean = false
      permissions: Int
    ): Container!
    withEntrypoint(args: [String!]!, keepDefaultArgs: Boolean = false): Container!
    withEnvVariable(name: String!, value: String!, expand: Boolean = false): Container!
    withError(err: String!): Container!
    withExec(
      args: [String!]!
      useEntrypoint: Boolean = false
      stdin: String = ""
      redirectStdin: String = ""
      redirectStdout: String = ""
      redirectStderr: String = ""
      expect: ReturnType = SUCCESS
      expand: Boolean = false
      noInit: Boolean = false
    ): Container!
    withExposedPort(
      port: Int!
      protocol: NetworkProtocol = TCP
      description: String
      experimentalSkipHealthcheck: Boolean = false
    ): Container!
    withFile(
      path: String!
      source: ID! @expectedType(name: "File")
      permissions: Int
      owner: String = ""
      expand: Boolean = false
    ): Container!
    withFiles(
      path: String!
      sources: [ID!]! @expectedType(name: "File")
      permissions: Int
      owner: String = ""
      expand: Boolean = false
    ): Container!
    withLabel(name: String!, value: String!): Container!
    withMountedCache(
      path: String!
      cache: ID! @expectedType(name: "CacheVolume")
      source: ID @expectedType(name: "Directory")
      sharing: CacheSharingMode
      owner: String = ""
      expand: Boolean = false
    ): Container!
    withMountedDirectory(
      path: String!
      source: ID! @expectedType(name: "Directory")
      owner: String = ""
      readOnly: Boolean = false
      expand: Boolean = false
    ): Container!
    withMountedFile(
      path: String!
      source: ID! @expectedType(name: "File")
      owner: String = ""
      expand: Boolean = false
    ): Container!
    withMountedSecret(
      path: String!
      source: ID! @expectedType(name: "Secret")
      owner: String = ""
      mode: Int = 256
      expand: Boolean = false
    ): Container!
    withMountedTemp(path: String!, expand: Boolean = false): Container!
    withNewFile(
      path: String!
      contents: String!
      permissions: Int = 420
      owner: String = ""
      expand: Boolean = false
    ): Container!
    withRegistryAuth(
      address: String!
      username: String!
      secret: ID! @expectedType(name: "Secret")
    ): Container!
    withRootfs(directory: ID! @expectedType(name: "Directory")): Container!
    withSecretVariable(name: String!, secret: ID! @expectedType(name: "Secret")): Container!
    withServiceBinding(alias: String!, service: ID! @expectedType(name: "Service")): Container!
    withSymlink(target: String!, linkName: String!, expand: Boolean = false): Container!
    withUser(name: String!): Container!
    withVolatileVariable(name: String!, value: String!): Container!
    withWorkdir(path: String!, expand: Boolean = false): Container!
    withoutAnnotation(name: String!): Container!
    withoutDefaultArgs: Container!
    withoutDirectory(path: String!, expand: Boolean = false): Container!
    withoutEntrypoint(keepDefaultArgs: Boolean = false): Container!
    withoutEnvVariable(name: String!): Container!
    withoutExposedPort(port: Int!, protocol: NetworkProtocol = TCP): Container!
    withoutFile(path: String!, expand: Boolean = false): Container!
    withoutFiles(paths: [String!]!, expand: Boolean = false): Container!
    withoutLabel(name: String!): Container!
    withoutMount(path: String!, expand: Boolean = false): Container!
    withoutRegistryAuth(address: String!): Container!
    withoutSecretVariable(name: String!): Container!
    withoutUser: Container!
    withoutVolatileVariable(name: String!): Container!
    withoutWorkdir: Container!
    workdir: String!
  }
`;
