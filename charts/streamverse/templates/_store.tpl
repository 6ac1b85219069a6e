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

{{/* Changes where pods that read the Secret once must read it again. */}}
{{- define "streamverse.storeDigest" -}}
{{- printf "%s %s %s %s" (include "streamverse.storeEndpoint" .) .Values.store.bucket .Values.store.region (toJson .Values.store.external) | sha256sum | trunc 16 -}}
{{- end }}
