package dev.quern.plan.build;

import java.util.Map;

/**
 * The table of the operations of each layer type. Operations depend on the builder, so the builder
 * cannot reference them; it finds the table as a service of this module.
 */
public interface LayerTable {
  /** Returns the plans by layer class; all custom layers use that of {@code CustomLayer}. */
  Map<Class<?>, LayerPlan<?>> plans();
}
