/**
 * Files that Quern reads and writes: safetensors, models, network descriptions, CIFAR-10,
 * CIFAR-100, SVHN and IDX data sets, and the search and download of data sets. Files are read,
 * never memory-mapped; errors are typed exceptions that name the file. Nothing is printed, and
 * static methods are thread-safe.
 */
@NullMarked
package dev.quern.io;

import org.jspecify.annotations.NullMarked;
