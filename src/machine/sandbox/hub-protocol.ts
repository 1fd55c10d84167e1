/** What is asked of the hub's agent; the answer carries the same number and, where there is one, the socket. */
export type HubRequest = ListenRequest | ConnectRequest | UdpRequest;

export interface ListenRequest {
  readonly id: number;
  readonly do: "listen";
  readonly port: number;
}

export interface ConnectRequest {
  readonly id: number;
  readonly do: "connect";
  readonly host: string;
  readonly port: number;
}

export interface UdpRequest {
  readonly id: number;
  readonly do: "udp";
  readonly host: string;
  readonly port: number;
}

/** `error` is empty or an error code such as ECONNREFUSED. Number 0 says that the agent is ready. */
export interface HubAnswer {
  readonly id: number;
  readonly error: string;
}
