/** Lets async threads use the network: see `workers/thread_library.ts`. */
import { offerToThreads } from "../workers/thread_library.ts";
import { Channel } from "./channel.ts";
import { Connection } from "./channel_connection.ts";
import { openConnection } from "./open_connection.ts";
import { openUnixConnection } from "./open_unix_connection.ts";
import * as sockets from "./socket_module.ts";
import { Socket } from "./socket.ts";
import { tcpServerSocket } from "./tcp_server_socket.ts";
import { unixServerSocket } from "./unix_server_socket.ts";

offerToThreads({
  blocking: {
    openConnection,
    openUnixConnection,
    "socket.createConnection": sockets.createConnection,
    "socket.getaddrinfo": sockets.getaddrinfo,
    "socket.gethostbyaddr": sockets.gethostbyaddr,
    "socket.gethostbyname": sockets.gethostbyname,
    "socket.gethostname": sockets.gethostname,
    "socket.socketpair": sockets.socketpair,
  },
  immediate: { tcpServerSocket, unixServerSocket, "socket.socket": sockets.socket },
  constants: Object.fromEntries(
    Object.entries(sockets)
      .filter(([, value]) => typeof value === "number")
      .map(([name, value]) => [`socket.${name}`, value]),
  ),
  classes: [Connection, Socket],
  makeable: [Channel],
  elsewhere: [
    "AuthenticationError",
    "Connection",
    "Socket",
    "SocketStream",
    "TextSocketStream",
    "runServer",
    "ssl",
    "tcpServer",
    "unixServer",
  ],
  immediateMethods: [
    "Channel.bind",
    "asStream",
    "Socket.bind",
    "detach",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "makeStreams",
    "makefile",
    "selectedAlpnProtocol",
    "setsockopt",
  ],
});
