/** Directories and files. */
export const directory = /* GraphQL */ `
  type Directory implements Node {
    id: ID!
    diff(other: ID! @expectedType(name: "Directory")): Directory!
    digest: String!
    directory(path: String!): Directory!
    entries(path: String): [String!]!
    exists(path: String!, expectedType: ExistsType, doNotFollowSymlinks: Boolean = false): Boolean!
    export(path: String!, wipe: Boolean = false): String!
    file(path: String!): File!
    filter(exclude: [String!] = [], include: [String!] = [], gitignore: Boolean = false): Directory!
    glob(pattern: String!): [String!]!
    name: String!
    sync: ID!
    withDirectory(
      path: String!
      source: ID! @expectedType(name: "Directory")
      exclude: [String!] = []
      include: [String!] = []
      gitignore: Boolean = false
      owner: String = ""
      permissions: Int
    ): Directory!
    withFile(
      path: String!
      source: ID! @expectedType(name: "File")
      permissions: Int
      owner: String = ""
    ): Directory!
    withFiles(path: String!, sources: [ID!]! @expectedType(name: "File"), permissions: Int): Directory!
    withNewDirectory(path: String!, permissions: Int = 493): Directory!
    withNewFile(path: String!, contents: String!, permissions: Int = 420): Directory!
    withSymlink(target: String!, linkName: String!): Directory!
    withTimestamps(timestamp: Int!): Directory!
    withoutDirectory(path: String!): Directory!
    withoutFile(path: String!): Directory!
    withoutFiles(paths: [String!]!): Directory!
  }

  type File implements Node {
    id: ID!
    contents(offsetLines: Int, limitLines: Int): String!
    digest(excludeMetadata: Boolean = false): String!
    export(path: String!, allowParentDirPath: Boolean = false): String!
    name: String!
    size: Int!
    sync: ID!
    withName(name: String!): File!
    withTimestamps(timestamp: Int!): File!
  }
`;
