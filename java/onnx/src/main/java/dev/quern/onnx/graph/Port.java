package dev.quern.onnx.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input or output of a graph.
 *
 * @param dims the dimensions, -1 for a dynamic one; null if the file does not declare them
 */
public record Port(String name, int type, @Nullable List<Long> dims) {}
