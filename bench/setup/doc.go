// Package setup is how the measuring commands get what they measure: the
// program, built as a release is and running, and Chromium.
package setup
