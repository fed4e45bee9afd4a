/**
 * Settings of a node whose thousands of clients all come from this machine. Each of them is still limited as any other.
 */
export const ONE_ADDRESS = { MAX_CONNECTIONS_PER_ADDRESS: '20000', ADDRESS_SHARE: '1000' }
