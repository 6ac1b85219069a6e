{{/* The address by which pods reach the store. */}}
{{- define "streamverse.storeEndpoint" -}}
{{- if .Values.store.external.enabled -}}
{{ .Values.store.external.endpoint | trimSuffix "/" }}
{{- else -}}
http://streamverse-store.{{ .Release.Namespace }}.svc:9000
{{- end -}}
{{- end }}

{{/* The address by which people upload. */}}
{{- define "streamverse.storeUrl" -}}
{{- if .Values.store.external.enabled -}}
{{ .Values.store.external.endpoint | trimSuffix "/" }}
{{- else -}}
{{ .Values.store.url | trimSuffix "/" }}
{{- end -}}
{{- end }}

{{/* Whether the chart writes the Secret, or finds it. */}}
{{- define "streamverse.ownsStoreSecret" -}}
{{- if or (not .Values.store.external.enabled) .Values.store.external.accessKeyId .Values.store.external.secretAccessKey -}}
true
{{- end -}}
{{- end }}

{{/* Where tenants' keys come from: a value of STREAMVERSE_STORE_KEYS. */}}
{{- define "streamverse.storeKeys" -}}
{{- if not .Values.store.external.enabled -}}
minio
{{- else if .Values.store.external.sharedCredentials -}}
shared
{{- else -}}
given
{{- end -}}
{{- end }}

{{/* Whether the chart writes the origin's Secret. */}}
{{- define "streamverse.ownsOriginSecret" -}}
{{- $origin := .Values.store.external.origin -}}
{{- if or (not .Values.store.external.enabled) $origin.accessKeyId $origin.secretAccessKey -}}
true
{{- end -}}
{{- end }}

{{/* The Secret with the origin's key. */}}
{{- define "streamverse.originSecret" -}}
{{- if include "streamverse.ownsOriginSecret" . -}}
streamverse-origin
{{- else -}}
{{ .Values.store.external.origin.secret | default "streamverse-store" }}
{{- end -}}
{{- end }}

{{/* The Secret of one key, by the names of media_runtime.store.StoreSettings. */}}
{{- define "streamverse.storeKey" -}}
STREAMVERSE_STORE_ENDPOINT: {{ include "streamverse.storeEndpoint" .root | b64enc }}
STREAMVERSE_STORE_BUCKET: {{ .root.Values.store.bucket | b64enc }}
STREAMVERSE_STORE_REGION: {{ .root.Values.store.region | b64enc }}
STREAMVERSE_STORE_ACCESS_KEY_ID: {{ .id | b64enc }}
STREAMVERSE_STORE_SECRET_ACCESS_KEY: {{ .key | b64enc }}
{{- end }}

{{/* Changes where pods that read the Secret once must read it again. */}}
{{- define "streamverse.storeDigest" -}}
{{- printf "%s %s %s %s" (include "streamverse.storeEndpoint" .) .Values.store.bucket .Values.store.region (toJson .Values.store.external) | sha256sum | trunc 16 -}}
{{- end }}
