package dev.quern;

/**
 * How well a network does on a data set.
 *
 * @param accuracy share of images whose likeliest class is their label, in [0, 1]
 * @param loss mean cross-entropy, without label smoothing
 * @param images how many were looked at
 */
public record Evaluation(double accuracy, double loss, int images) {}
