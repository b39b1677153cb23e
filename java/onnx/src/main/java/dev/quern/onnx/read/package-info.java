/** From a file to a graph of nodes and constants. Files are hostile: every count is checked. */
package dev.quern.onnx.read;
