/** Conversion of a model to a file, with one form for each layer. */
@NullMarked
package dev.quern.onnx.write;

import org.jspecify.annotations.NullMarked;
