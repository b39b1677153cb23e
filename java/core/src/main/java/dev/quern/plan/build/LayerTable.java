package dev.quern.plan.build;

import java.util.Map;

/**
 * The table of plans by layer type. It is loaded as a service, because operations depend on the
 * builder and the builder must not depend on operations.
 */
public interface LayerTable {
  /** Returns the plans by layer class. All custom layers share the plan of {@code CustomLayer}. */
  Map<Class<?>, LayerPlan<?>> plans();
}
