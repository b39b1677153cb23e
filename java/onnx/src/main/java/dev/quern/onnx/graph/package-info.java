/**
 * The content of an ONNX file: nodes, their attributes, and the values that they read and compute.
 */
package dev.quern.onnx.graph;
