package dev.quern.plan.build;

import java.util.Map;

/**
 * How plans run each type of layer. The operations stand on what builds plans, so that the builder
 * cannot name them: it finds their table as a service of this module.
 */
public interface LayerTable {
  /** By the layers' classes; all of the users' own layers by {@code CustomLayer}. */
  Map<Class<?>, LayerPlan<?>> plans();
}
