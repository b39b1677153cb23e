/** From a graph's nodes to a network's layers: one rule an operator, in files of a kind. */
package dev.quern.onnx.lower;
