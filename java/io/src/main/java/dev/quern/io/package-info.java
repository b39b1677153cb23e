/**
 * Files that Quern reads and writes: safetensors, models, network descriptions, CIFAR-10,
 * CIFAR-100, SVHN and IDX data sets, and the search and download of data sets. Files are read,
 * never memory-mapped; what is wrong with one is a typed exception that names it. Nothing here
 * prints, and static methods may be called from any thread.
 */
@NullMarked
package dev.quern.io;

import org.jspecify.annotations.NullMarked;
