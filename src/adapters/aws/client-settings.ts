/** Where AWS is and who asks; the same for every client of one environment. */
export interface CloudAccess {
  readonly region: string;
  /** Undefined: AWS itself, or what `AWS_ENDPOINT_URL_<SERVICE>` says to the SDK. */
  readonly endpoint: string | undefined;
  /** Undefined: the SDK's own search (environment, profile, role of the machine). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Settings that each SDK client is made with: our own retry budget, and a limit to every wait. */
export function clientSettings({ region, endpoint, credentials }: CloudAccess) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    // Waits of 0.1, 0.2, 0.4 and 0.8 s at most, randomised: a throttled call is tried for about a second and a half.
    maxAttempts: 5,
    retryMode: "standard",
    requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}
