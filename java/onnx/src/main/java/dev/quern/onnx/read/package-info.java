/**
 * Parsing of an ONNX file to a graph of nodes and constants. Files may be malicious, so every count
 * is checked.
 */
package dev.quern.onnx.read;
