/** Whether a text has nothing that could be spoken or read: white space and control characters at most. */
export const isBlank = (text: string): boolean => !/[^\s\p{Cc}]/u.test(text)
