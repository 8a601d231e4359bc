/** A row that a mapping can make no message of; its message is the reason. The row is parked, and the others go on. */
export class Unmappable extends Error {}
