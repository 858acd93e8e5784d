/** Under this name stands what the reader has seen, if that is wanted. */
export const visits = 'postil:visits'
