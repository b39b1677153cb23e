package dev.quern.onnx.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input or output of a graph.
 *
 * @param dims -1 for one that is free; null where the file does not say
 */
public record Port(String name, int type, @Nullable List<Long> dims) {}
