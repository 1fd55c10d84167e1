/** A parsed image name: `registry/repository[:tag][@digest]`. */
export interface Reference {
  /** Host and port, for example `127.0.0.1:5000`; Docker Hub is `registry-1.docker.io`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Reads an image name; undefined when it is not one. Without tag and digest the tag is `latest`. */
export function parseReference(name: string): Reference | undefined {
  throw new Error(`being written: ${name}`);
}

/** The full name, digest first: what to print and to record. */
export function formatReference(reference: Reference): string {
  throw new Error(`being written: ${reference.repository}`);
}
