// Package migrate brings the comments of other systems in, and takes ours out
// again. A [Format] reads another system's export row by row; [Import] leads
// all rows the same way:
//
//	Format.read ─▶ stage (a temporary file) ─▶ Importer.Prepare ─▶ Importer.Load
//	  rows            pages, parents, order        checked, rendered     stored
//
// Nothing is ever fetched from the network, nothing is written to the store
// before the whole export has been read, and every row has a fate that the
// [Report] tells, with its place and reason. What may be large stands in the
// stage, so that memory does not grow with the export.
//
// [Export] writes what a site has; README.md describes its formats.
package migrate
