/** Constant folding at import, mainly of shape arithmetic. */
package dev.quern.onnx.fold;
