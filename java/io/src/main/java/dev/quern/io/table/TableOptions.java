package dev.quern.io.table;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a table is read.
 *
 * @param label the column of class names; null where there is none
 * @param targets columns of numbers that are to be predicted
 * @param features columns of the samples in their order; empty for all that have no other role
 * @param ignored columns without a role
 * @param split the column that says train, val or test; null where there is none
 * @param weight the column of sample weights; null where there is none
 * @param missing the value of an empty feature; null where that is an error
 * @param classes in label order; null for those that are found
 */
public record TableOptions(
    Path file,
    char separator,
    @Nullable String label,
    List<String> targets,
    List<String> features,
    List<String> ignored,
    @Nullable String split,
    @Nullable String weight,
    @Nullable Float missing,
    @Nullable List<String> classes) {}
