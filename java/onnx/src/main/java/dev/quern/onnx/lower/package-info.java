/** Conversion of a graph's nodes to a network's layers, with one rule per operator. */
package dev.quern.onnx.lower;
