// Command looks shows the script on blogs of very different looks, narrow and
// wide, light, dark and from right to left, with a thread that has what breaks
// layouts. It writes one picture for each view, and a sheet with all of them:
//
//	go run ./bench/looks pictures
//
// It complains of every view that scrolls sideways.
package main
