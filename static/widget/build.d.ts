/** Where the build has put what writes, and its integrity value. */
declare const WRITE_PATH: string
declare const WRITE_INTEGRITY: string

/** Tags of languages in regions that have texts of their own: a|b. */
declare const REGIONS: string

/** Likewise, what readers reach for later. */
declare const MORE_PATH: string
declare const MORE_INTEGRITY: string
