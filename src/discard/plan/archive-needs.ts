/** Bytes of a message's entry in the index, while it is written and once it is sealed, both of which lie there for a moment. */
const INDEX_BYTES = 120n
/** What a batch across an end, or the head of a record, adds: a share of the bytes, one in this many. */
const MORE = 50n

/** Bytes that an archive of so many messages takes at most, about. A queue's are compressed, which nobody can foresee. Pure. */
export const archiveNeeds = (messages: bigint, bytes: bigint): bigint => bytes + bytes / MORE + messages * INDEX_BYTES
