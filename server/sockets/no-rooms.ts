/**
 * Socket.IO's adapter for a namespace in which nobody is sent what others get, too: no rooms, two sets less for each
 * connection.
 */
export class NoRooms {
  init(): void {}
  close(): void {}
  addAll(): void {}
  delAll(): void {}
}
