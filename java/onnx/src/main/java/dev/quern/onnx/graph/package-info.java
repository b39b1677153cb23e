/** The content of a file: nodes, their attributes, and the values between them. */
package dev.quern.onnx.graph;
