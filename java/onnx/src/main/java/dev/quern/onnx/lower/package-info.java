/** Conversion of a graph's nodes to a network's layers, with one rule for each operator. */
package dev.quern.onnx.lower;
