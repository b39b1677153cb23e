/** From a file to a graph of nodes and constants. */
package dev.quern.onnx.read;
