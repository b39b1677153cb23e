/**
 * Files that Quern reads and writes: safetensors, NumPy, models, checkpoints, network descriptions
 * and data set files. Files are read, never memory-mapped; errors are typed exceptions that name
 * the file. Nothing is printed, and static methods are thread-safe.
 */
@NullMarked
package dev.quern.io;

import org.jspecify.annotations.NullMarked;
