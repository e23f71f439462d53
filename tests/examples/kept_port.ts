/**
 * A port for a server that cannot tell which one it got: picked by the system, and kept.
 *
 * A connection that was accepted on it, and outlives the listener, is what keeps it. The system gives
 * such a port to nobody who asks for any port, while whoever names it may listen there, as a server
 * may that starts again before the connections of the former one have gone.
 */
export class KeptPort implements Disposable {
  readonly port: number;
  readonly #ends: readonly Deno.TcpConn[];

  private constructor(port: number, ends: readonly Deno.TcpConn[]) {
    this.port = port;
    this.#ends = ends;
  }

  /** Picks a port of "localhost". */
  static async pick(): Promise<KeptPort> {
    using listener = Deno.listen({ hostname: "localhost", port: 0 });
    const { hostname, port } = listener.addr;
    return new KeptPort(
      port,
      await Promise.all([
        Deno.connect({ hostname, port }),
        listener.accept(),
      ]),
    );
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end.close();
  }
}
