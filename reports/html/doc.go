// Package html writes report.html, a report in one file that works offline.
//
//  1. The caller fills a Page with titles, sentences, tables and pictures. It contains only text and
//     numbers, so this package knows nothing of an analysis.
//  2. DataOf collects the columns of a table for the scripts of the page (data.go). The cells are
//     JSON, and the trials are compressed JSON, because there can be 20,000 of them.
//  3. Write fills the template page.html. Everything is readable without JavaScript.
//  4. The scripts add to it: report.js sorts, filters and shows the trials of a cell, and explorer.js
//     draws pictures of the reader's choice with Observable Plot. Both libraries are in lib, with
//     their licences.
//
// A content security policy allows these scripts only, by their checksums, and no request of any
// kind. Hostile names stay text: html/template escapes them, and scripts set them as text only.
package html
