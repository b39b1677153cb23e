/**
 * Readers of published data sets, image folders, CSV files and annotation files, and the download
 * of published data sets.
 */
@NullMarked
package dev.quern.io.dataset;

import org.jspecify.annotations.NullMarked;
