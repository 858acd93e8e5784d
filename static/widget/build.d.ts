/** Where the build has put what writes, and its integrity value. */
declare const WRITE_PATH: string
declare const WRITE_INTEGRITY: string
