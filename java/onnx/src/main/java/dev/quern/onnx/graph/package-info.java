/** What a file says: nodes, their attributes, and the values between them. */
package dev.quern.onnx.graph;
