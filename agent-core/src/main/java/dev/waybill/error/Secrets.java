// SPDX-License-Identifier: Apache-2.0
package dev.waybill.error;

import java.util.regex.Pattern;

/** Keeps passwords out of texts that people and logs get to see. Stateless; any thread. */
public final class Secrets {

    private static final Pattern PARAMETER = Pattern.compile("(?i)([;?&][^=;&\\s]*(?:password|pwd|secret|token)[^=;&\\s]*=)[^;&\"]*");
    private static final Pattern BEFORE_HOST = Pattern.compile("(//[^/:@\\s]*:)[^/@\\s]*@");
    private static final Pattern ORACLE = Pattern.compile("(?i)(:(?:thin|oci8?):[^/@\\s]*/)[^@\\s]*@");

    private Secrets() {}

    /** This text with asterisks where JDBC URLs in it have passwords: in parameters, before the host, and where Oracle has them. */
    public static String hidden(String text) {
        String parameters = PARAMETER.matcher(text).replaceAll("$1***");
        String hosts = BEFORE_HOST.matcher(parameters).replaceAll("$1***@");
        return ORACLE.matcher(hosts).replaceAll("$1***@");
    }
}
