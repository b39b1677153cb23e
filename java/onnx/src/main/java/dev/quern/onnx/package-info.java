/** ONNX files. {@link dev.quern.onnx.Onnx} is where to begin. */
@NullMarked
package dev.quern.onnx;

import org.jspecify.annotations.NullMarked;
