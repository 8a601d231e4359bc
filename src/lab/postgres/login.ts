/** The lab's user, who may do everything, and its database. */
export const POSTGRES_USER = 'postgres'
export const POSTGRES_DATABASE = 'postgres'
