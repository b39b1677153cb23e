/** Constant folding at import, mostly shape arithmetic. */
package dev.quern.onnx.fold;
