/** The lab's user, who may do everything, and its database. */
export const MYSQL_USER = 'root'
export const MYSQL_DATABASE = 'lab'
