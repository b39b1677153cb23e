/** Import and export of ONNX files; the entry point is {@link dev.quern.onnx.Onnx}. */
@NullMarked
package dev.quern.onnx;

import org.jspecify.annotations.NullMarked;
