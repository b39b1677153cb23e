/** Nodes whose inputs are all known are computed at import: mostly the arithmetic of shapes. */
package dev.quern.onnx.fold;
