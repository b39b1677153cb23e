/** Conversion of a model to an ONNX file, with one form for each layer. */
@NullMarked
package dev.quern.onnx.write;

import org.jspecify.annotations.NullMarked;
