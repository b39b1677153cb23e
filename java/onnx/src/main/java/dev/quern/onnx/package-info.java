/** ONNX files. {@link dev.quern.onnx.Onnx} is where to begin. */
package dev.quern.onnx;
